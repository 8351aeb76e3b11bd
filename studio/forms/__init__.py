"""Forms: editors for declared parameters, and the rows and tables made of them."""
