// Forms that a passkey answers. Without this script they stay hidden, and codes do.
//   <form method="post" hidden data-passkey="make|use" data-options="{…}"> … <input name="answer">
"use strict";
(() => {
  if (!window.PublicKeyCredential) return;
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const asked = (form) => {
    const { publicKey } = JSON.parse(form.dataset.options);
    publicKey.challenge = bytes(publicKey.challenge);
    if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id);
    for (const list of ["excludeCredentials", "allowCredentials"]) {
      for (const one of publicKey[list] || []) one.id = bytes(one.id);
    }
    return { publicKey };
  };
  const told = (made) => {
    const response = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[part]) response[part] = text(made.response[part]);
    }
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response });
  };
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const container = navigator.credentials;
      try {
        const made = await (form.dataset.passkey === "make"
          ? container.create(asked(form))
          : container.get(asked(form)));
        form.elements.answer.value = told(made);
      } catch {
        form.elements.answer.value = ""; // given up: the page says what else there is
      }
      form.submit();
    });
  }
})();
