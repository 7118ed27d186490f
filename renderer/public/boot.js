// Runs before the first paint, and before the bundle: sets the remembered theme and catches the port if it comes early.
(function () {
  try {
    var seen = JSON.parse(localStorage.getItem('switchyard.appearance') || '{}');
    if (seen.theme === 'light' || seen.theme === 'dark') document.documentElement.dataset.theme = seen.theme;
    document.documentElement.lang = seen.language || (/^zh/i.test(navigator.language) ? 'zh-CN' : 'en');
    if (seen.fontSize) document.documentElement.style.setProperty('--reply-size', seen.fontSize + 'px');
  } catch {
    // Storage can be unavailable or hold junk: the defaults are fine.
  }
  window.switchyardEarly = [];
  window.addEventListener('message', function (event) {
    if (window.switchyardEarly && event.data === 'switchyard-port' && event.source === window) {
      window.switchyardEarly.push(event.ports[0]);
    }
  });
})();
