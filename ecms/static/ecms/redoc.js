// Redoc shows a logo that it fetches at its maker's: readers of ours do not call there.
"use strict";

(() => {
  const isElsewhere = (value) => {
    const address = new URL(value, location.href);
    return address.protocol.startsWith("http") && address.origin !== location.origin;
  };

  const { setAttribute } = Element.prototype;
  Element.prototype.setAttribute = function (name, value) {
    if (!(this instanceof HTMLImageElement && name === "src" && isElsewhere(value))) {
      setAttribute.call(this, name, value);
    }
  };

  const { get, set } = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src");
  Object.defineProperty(HTMLImageElement.prototype, "src", {
    configurable: true,
    enumerable: true,
    get,
    set(value) {
      if (!isElsewhere(value)) {
        set.call(this, value);
      }
    },
  });
})();
