"""Pictures of graphs and curves as SVG and PNG, drawn without Qt."""
