// Empties what this device kept for reading without a network: the caches of the service worker.
(async () => {
  if (!("caches" in window)) return;
  for (const name of await caches.keys()) await caches.delete(name);
  const registration = await navigator.serviceWorker?.getRegistration();
  registration?.active?.postMessage({ type: "signed-out" });
})();
