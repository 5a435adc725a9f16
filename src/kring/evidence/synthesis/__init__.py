"""Effect sizes, pooling, synthesis without pooling, components, certainty. Reads extraction; no drawing."""
