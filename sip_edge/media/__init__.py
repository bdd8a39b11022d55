"""Audio of calls: what is decided about it (pure), and the engines that carry, play, record and hear it."""
