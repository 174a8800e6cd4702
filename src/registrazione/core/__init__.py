"""The part that decides: values, tables and flows, without any input or output."""
