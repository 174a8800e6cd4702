"""The members of the association, who were there before."""
