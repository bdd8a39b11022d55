"""Audio files: what people upload becomes what phones are played, and texts become speech."""
