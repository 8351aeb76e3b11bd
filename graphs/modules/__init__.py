"""The torch modules that layers build where torch's own take other axes; layers import them when they build."""
