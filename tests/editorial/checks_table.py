"""A rule as its row in docs/checks.md."""


def row(rule):
    level = f"{rule.level}, in translations advise" if rule.shared else rule.level
    message = str(rule.message).replace("|", "\\|")
    return f"| `{rule.code}` | {level} | {message} | {rule.source} |"
