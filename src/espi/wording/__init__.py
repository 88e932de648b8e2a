"""What respondents are told, by language: the one place for messages, pages, slips and refusals.

``id.toml`` and ``en.toml`` hold the sentences, for a lawyer to read in one sitting. Programs look
them up by key; WhatsApp templates, the booth's words and the pages in docs/wording are made from
them. The lowest layer: it imports nothing of ours and knows no framework.
"""
