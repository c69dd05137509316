"""番号を入れる欄, opened from 状況: which field each service's number goes to; teach one, try it, remove it."""
