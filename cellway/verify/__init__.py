"""`cellway verify`: the notebook in a real Jupyter kernel against a run of its pipeline, cell by cell and name by name."""
