"""The media worker: one process, one thread for the audio, no name or rule of anybody; it is told what to do."""
