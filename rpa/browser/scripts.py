"""What is run inside a page: it looks at controls and fills them, and knows nothing of what they are for.

Each script is one call from the bot to the browser and back. What is typed arrives as from a keyboard (`insertText`,
which a page cannot tell from typing, and which its `maxlength` cuts), field after field.
"""

__all__ = ["CONTROLS", "FACTS", "HELD", "HTML", "PICTURE_BEGINS", "PICTURE_ENDS", "PUT", "SPOT"]

CONTROLS = """() => [...document.querySelectorAll(
    'input:not([type=hidden]), select, textarea, button, a[href], [role=button], [role=link]')]
    .filter(e => !e.disabled && (e.checkVisibility ? e.checkVisibility() : e.offsetParent !== null))"""
"""Returns what people can see and use of a page."""
FACTS = """elements => {
  const inner = 'select, textarea, input, button, script, style';
  const words = node => {
    if (!node) return '';
    const copy = node.cloneNode(true);
    copy.querySelectorAll?.(inner).forEach(e => e.remove());
    return copy.textContent.replace(/\\s+/g, ' ').trim();
  };
  const kindOf = e => {
    const tag = e.tagName.toLowerCase(), type = (e.getAttribute('type') || '').toLowerCase();
    if (e.getAttribute('role') === 'button' || tag === 'button') return 'button';
    if (tag === 'a' || e.getAttribute('role') === 'link') return 'link';
    if (tag === 'select') return 'choice';
    if (tag === 'textarea') return 'long';
    if (['submit', 'button', 'image', 'reset'].includes(type)) return 'button';
    if (['password', 'file', 'checkbox', 'radio'].includes(type)) return type;
    return 'text';
  };
  const labelOf = (e, kind) => {
    const by = (e.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean);
    if (by.length) return by.map(id => words(document.getElementById(id))).join(' ').trim();
    if (e.getAttribute('aria-label')) return e.getAttribute('aria-label').trim();
    if (e.labels && e.labels.length) return [...e.labels].map(words).join(' ').trim();
    if (kind === 'button' || kind === 'link') return (e.value || e.innerText || e.title || '').trim();
    return (e.getAttribute('placeholder') || e.title || '').trim();
  };
  const besideOf = e => {
    for (let n = e.previousSibling; n; n = n.previousSibling)
      if (n.textContent.trim()) return words(n).slice(-40);
    const cell = e.closest('td, th, dd, div, p, li');
    return words(cell && cell.previousElementSibling).slice(-40);
  };
  const over = [...document.querySelectorAll('dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true]')]
    .find(e => !e.checkVisibility || e.checkVisibility());
  return [over ? words(over) || over.tagName : '', elements.map(e => {
    const kind = kindOf(e), isField = !['button', 'link'].includes(kind);
    const name = e.getAttribute('name') || (kind === 'link' && e.getAttribute('href')) || e.id || '';
    return [kind, labelOf(e, kind), name, e.dataset.testid || '', isField ? besideOf(e) : ''];
  })];
}"""
"""Returns the text of a dialog over the page, and of each control: kind, label, name, test id, and the text beside."""
PUT = """(elements, wanted) => {
  const told = (e, ...names) => names.forEach(name => e.dispatchEvent(new Event(name, {bubbles: true})));
  const ready = /^(color|date|datetime-local|month|range|time|week)$/;
  const put = ([number, isChoice, value]) => {
    const e = elements[number];
    if (!e.isConnected) return ['gone', 0];
    if (e.disabled || e.readOnly) return ['locked', 0];
    if (isChoice) {
      const options = [...(e.options || [])];
      let hits = options.filter(o => o.value === value);
      if (!hits.length) hits = options.filter(o => o.text.trim() === value);
      if (hits.length !== 1 || hits[0].disabled) return ['choice', hits.length];
      e.focus();
      hits[0].selected = true;
      told(e, 'input', 'change');
      return null;
    }
    e.focus();
    if (ready.test(e.type)) {
      e.value = value;
      told(e, 'input', 'change');
      return null;
    }
    e.select();
    document.execCommand(value ? 'insertText' : 'delete', false, value);
    return null;
  };
  for (const one of wanted) {
    const fault = put(one);
    if (fault) return [one[0], ...fault];
  }
  document.activeElement?.blur();
  return null;
}"""
"""Puts values into controls as a keyboard does, in order; returns number, fault and count of the first that fails."""
HELD = """(elements, numbers) => numbers.map(number => {
  const e = elements[number];
  return e.options ? [e.value, e.selectedOptions[0]?.text.trim() ?? ''] : [e.value];
})"""
"""Returns what controls hold: a choice its value and its text."""
SPOT = """(elements, number) => {
  const e = elements[number];
  if (!e.isConnected) return ['it has gone from the page', 0, 0];
  e.scrollIntoView({block: 'nearest', inline: 'nearest', behavior: 'instant'});
  const box = [...e.getClientRects()].find(r => r.width > 0 && r.height > 0);
  if (!box) return ['it has no place on the page', 0, 0];
  const x = box.left + box.width / 2, y = box.top + box.height / 2, there = document.elementFromPoint(x, y);
  if (there && e.contains(there)) {
    const place = Symbol.for('hexi.guard'), guard = new AbortController();
    window[place]?.abort();
    window[place] = guard;
    const look = event => {
      if (event.type === 'click') guard.abort();
      if (e.contains(event.target)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    for (const name of ['mousedown', 'mouseup', 'click'])
      window.addEventListener(name, look, {capture: true, signal: guard.signal});
    return ['', x, y];
  }
  const words = there ? there.textContent.replace(/\\s+/g, ' ').trim().slice(0, 60) || there.tagName : 'the edge';
  return [`it is covered by ${words}`, x, y];
}"""
"""Returns where to click a control, in CSS pixels, or why a mouse cannot reach it. Until the click the page is guarded:
if it moves in between, a click that meets another control does nothing. The next look ends it too."""
HTML = """() => {
  const type = document.doctype, root = document.documentElement;
  return (type ? new XMLSerializer().serializeToString(type) : '') + (root ? root.outerHTML : '');
}"""
"""Returns what stands on the page."""
PICTURE_BEGINS = """style => {
  if (window.frames.length || [...document.querySelectorAll('*')].some(e => e.shadowRoot)) return null;
  const sheet = new CSSStyleSheet(), root = document.documentElement;
  sheet.replaceSync(style);
  sheet.isOfPicture = true;
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const isSeenWhole = root.scrollHeight <= innerHeight && root.scrollWidth <= innerWidth;
  return [Math.max(root.scrollWidth, innerWidth), Math.max(root.scrollHeight, innerHeight), isSeenWhole];
}"""
"""Lays a style sheet over the page; returns its width and height, and whether all of it is seen; null where it has
parts that the sheet does not reach."""
PICTURE_ENDS = """() => {
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter(sheet => !sheet.isOfPicture);
}"""
"""Takes the style sheet away."""
