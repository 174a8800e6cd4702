"""Users of a project that was there before."""


def of_account(account):
    """Return the fields of a member."""
    return {"email": account.email, "birthday": account.values["birth_date"]}
