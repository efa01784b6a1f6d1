// The key “/” leads to the search box, from anywhere but a field that is being typed in. Everything works without it.
'use strict';
document.addEventListener('keydown', function (event) {
  const at = event.target;
  const typing = at instanceof Element && (at.closest('input, textarea, select') !== null || at.isContentEditable);
  if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.getElementById('search-box');
  if (box === null) return;
  event.preventDefault();
  box.focus();
  box.select();
});
