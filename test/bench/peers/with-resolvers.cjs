// Nothing in, Promise.withResolvers out where Node lacks it (below 22), so that DevTools' engine starts there too; costs nothing.
Promise.withResolvers ??= function withResolvers() {
  const parts = {};
  parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};
