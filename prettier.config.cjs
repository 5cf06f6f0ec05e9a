// The XML plugin is resolved by NODE_PATH: ./harvest lint installs it below .harvest.
// Markdown is left out (see PRETTIER_GLOBS): its tables would be padded to any width.
module.exports = {
  plugins: [require.resolve("@prettier/plugin-xml")],
  bracketSpacing: false,
  printWidth: 88,
  semi: true,
  trailingComma: "es5",
  xmlWhitespaceSensitivity: "preserve",
  overrides: [{files: ["*.js", "*.mjs", "*.xml", "*.scss"], options: {tabWidth: 4}}],
};
