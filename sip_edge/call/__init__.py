"""Calls: legs, what rings, who is connected with whom, and the controller that carries decisions out on the wire."""
