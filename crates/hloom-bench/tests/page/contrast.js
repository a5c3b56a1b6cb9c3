// How far texts stand out from what is behind them, by https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio: the texts that do so
// by less than 4.5, and how light the page is.
(() => {
  const parse = (text) => text.match(/[\d.]+/g).map(Number);
  const light = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((it) => (it / 255 <= 0.03928 ? it / 255 / 12.92 : ((it / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (it) => {
    for (; it; it = it.parentElement) {
      const color = parse(getComputedStyle(it).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const contrast = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  let texts = 0;
  const faint = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const it = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || it.closest("script, title, desc, .hidden")) continue;
    texts++;
    const style = getComputedStyle(it);
    // The background of a lane and of a card are the same to a percent.
    const ink = parse(it.closest("svg") ? style.fill : style.color);
    const found = contrast(ink, behind(it.closest("svg") ?? it));
    if (found < 4.5) faint.add(`${found.toFixed(2)} ${it.className.baseVal ?? it.className} ${walker.currentNode.textContent.slice(0, 40)}`);
  }
  return { texts, faint: [...faint], page: light(behind(document.body)) };
})()
