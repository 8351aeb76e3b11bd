"""All gestures, one file each; none knows another."""
