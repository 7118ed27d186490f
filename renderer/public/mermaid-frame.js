// Draws one diagram inside the sandboxed frame. It has no origin, no network and no way to its parent but this message.
(function () {
  var drawing = document.getElementById.bind(document, 'drawing');
  function tell(message) {
    parent.postMessage(message, '*');
  }
  function draw(source, dark) {
    mermaid.initialize({
      startOnLoad: false,
      securityLevel: 'strict',
      theme: dark ? 'dark' : 'neutral',
      htmlLabels: false,
      flowchart: { htmlLabels: false },
      maxTextSize: 20000,
      maxEdges: 400,
      fontFamily: 'system-ui, sans-serif',
    });
    return mermaid.render('diagram', source).then(function (result) {
      var parsed = new DOMParser().parseFromString(result.svg, 'text/html').querySelector('svg');
      if (!parsed) throw new Error('nothing was drawn');
      // A diagram is a picture: it links nowhere.
      parsed.querySelectorAll('a').forEach(function (link) {
        link.removeAttribute('href');
        link.removeAttributeNS('http://www.w3.org/1999/xlink', 'href');
      });
      drawing().replaceChildren(document.importNode(parsed, true));
      tell({ kind: 'drawn', heightPx: Math.ceil(drawing().getBoundingClientRect().height) });
    });
  }
  addEventListener('message', function (event) {
    if (event.source !== parent || !event.data || typeof event.data.source !== 'string') return;
    draw(event.data.source, event.data.dark === true).catch(function () {
      tell({ kind: 'failed' });
    });
  });
  addEventListener('load', function () {
    tell({ kind: typeof mermaid === 'undefined' ? 'failed' : 'ready' });
  });
})();
