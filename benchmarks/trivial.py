"""The floor of `smsl --version`: a typer program with two commands."""

import typer

app = typer.Typer()


@app.callback(invoke_without_command=True)
def root(version: bool = typer.Option(False, "--version")) -> None:
    """Say a version."""
    if version:
        typer.echo("trivial 1.0")
        raise typer.Exit


@app.command()
def one(name: str = typer.Argument("x")) -> None:
    """Print a name."""
    typer.echo(name)


@app.command()
def two(name: str = typer.Argument("x")) -> None:
    """Print a name twice."""
    typer.echo(name + name)


app()
