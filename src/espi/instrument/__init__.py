"""The questionnaire: model, reader, routing, validation. Pure: no Django, no database."""
