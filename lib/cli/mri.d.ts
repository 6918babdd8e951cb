// mri's own ESM file, which its package.json names but does not type: loading it takes half the time of the CommonJS one.
declare module 'mri/lib/index.mjs' {
  import mri from 'mri';
  export default mri;
}
