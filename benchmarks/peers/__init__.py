"""The same act as others would build it, each written as its users would write it well."""
