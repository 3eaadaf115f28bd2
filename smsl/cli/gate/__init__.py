"""The manners of the gate, as they are asked for: options, configuration, and what is read for them."""
