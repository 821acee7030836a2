// Copies the link of the own page. The button is hidden without script; the field can be selected all the same.
(function () {
  var button = document.getElementById("copy");
  var field = document.getElementById("link");
  var said = document.getElementById("copied");
  if (!button || !field || !said) return;
  button.hidden = false;
  field.addEventListener("focus", function () { field.select(); });
  button.addEventListener("click", function () {
    var done = function () { said.textContent = "Gekopieerd."; };
    var byHand = function () {
      field.focus();
      field.select();
      said.textContent = document.execCommand("copy") ? "Gekopieerd." : "De link is geselecteerd. Kopieer die zelf.";
    };
    if (navigator.clipboard) navigator.clipboard.writeText(field.value).then(done, byHand);
    else byHand();
  });
})();
