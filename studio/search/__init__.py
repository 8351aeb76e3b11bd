"""Finding layers and actions by what people type."""
