"""The names that helper.py imports from Pillow: no exercise is judged by them."""

Image = ImageDraw = ImageFont = None
