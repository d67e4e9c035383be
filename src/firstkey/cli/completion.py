"""`firstkey completion`: what a shell needs to complete the command."""

import click
from click.shell_completion import get_completion_class

EXAMPLES = """\b
  firstkey completion bash > ~/.local/share/bash-completion/completions/firstkey
  firstkey completion zsh  > "${fpath[1]}/_firstkey"
  firstkey completion fish > ~/.config/fish/completions/firstkey.fish
"""


@click.command("completion", epilog=EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion of SHELL, to be put where it looks for completions."""
    kind = get_completion_class(shell)
    assert kind is not None  # click knows all three
    root = click.get_current_context().find_root().command
    completion = kind(root, {}, "firstkey", "_FIRSTKEY_COMPLETE")
    click.echo(completion.source_template % completion.source_vars())
