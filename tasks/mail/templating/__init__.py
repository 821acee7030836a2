"""From a template to the text of one variant.

templates       the templates of a firm, compiled       template_values     what they are given
palette         the colours, light and dark             drawings            pictures made of table cells
paragraphs      a body as it is written                 tagged              what a template made, checked
answer_tree     which variants a template can have
"""
