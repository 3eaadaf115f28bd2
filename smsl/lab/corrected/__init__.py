"""What moto answers differently from AWS, put right: one module for each group of operations."""
