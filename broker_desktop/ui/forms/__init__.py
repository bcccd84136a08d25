"""Forms made from declarations: one editor for each kind of field, drafts, refusing, errors under their field."""
