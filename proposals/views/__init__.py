"""The public pages of proposals, split by what people come for: reading and writing."""
