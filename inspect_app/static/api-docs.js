"use strict";
// Starts the browser of the description; what it reads stands in the page.
(function () {
  var place = document.getElementById("api");
  window.SwaggerUIBundle({
    url: place.dataset.document,
    domNode: place,
    deepLinking: true,
    validatorUrl: null,
    supportedSubmitMethods: [],
    presets: [window.SwaggerUIBundle.presets.apis],
  });
})();
