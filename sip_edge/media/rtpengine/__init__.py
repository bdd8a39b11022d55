"""rtpengine as media engine: its control protocol, and how a call of ours is said in it."""
