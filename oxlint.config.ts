import { defineConfig, type OxlintConfig } from 'oxlint';

/** Which folder may import which: the table of ARCHITECTURE.md, kept by `npm run check`. */
const MAY_IMPORT = {
  runtime: [],
  telematics: ['runtime'],
  leasing: ['telematics', 'runtime'],
  broker: ['telematics', 'runtime'],
  ingest: ['telematics', 'runtime'],
  api: ['telematics', 'leasing', 'runtime'],
  jobs: ['telematics', 'leasing', 'runtime'],
  migrations: ['runtime'],
  web: [],
  'device-sim': ['telematics'],
} satisfies Record<string, string[]>;

type Folder = keyof typeof MAY_IMPORT;

const folders = Object.keys(MAY_IMPORT) as Folder[];

interface Restriction {
  group: string[];
  message: string;
}

const OTHER_FEATURES_STORE: Restriction = {
  group: ['@wayleave/{telematics,leasing}/**/store.ts', '../**/store.ts'],
  message: 'A feature reaches another through its service, never its store.',
};

const DRIVERS: Restriction & { allowTypeImports: boolean } = {
  group: ['pg', 'ioredis'],
  allowTypeImports: true,
  message: "Only a feature's store does I/O; everything beside it decides.",
};

/** The files of a feature that do I/O on its tables. */
const STORES = ['**/store.ts', '**/*-store.ts'];

/** Everything that `folder` may not import; its tests may also use the local test stack. */
function outside(folder: Folder, alsoAllowed: string[] = []): Restriction {
  const allowed = [folder, ...MAY_IMPORT[folder], ...alsoAllowed];
  // Past the package names, too. The console's own src/api would be taken for the folder api.
  const aroundNames =
    folder === 'web' ? [] : folders.filter((name) => name !== folder).map((name) => `../**/${name}/**`);
  return {
    group: [
      '@wayleave/*',
      '@wayleave/*/**',
      ...allowed.flatMap((name) => [`!@wayleave/${name}`, `!@wayleave/${name}/**`]),
      ...aroundNames,
    ],
    message: `${folder}/ may import only ${MAY_IMPORT[folder].join(', ') || 'nothing of ours'}.`,
  };
}

type Rules = NonNullable<OxlintConfig['rules']>;

const forbid = (...patterns: Restriction[]): Rules => ({ 'no-restricted-imports': ['error', { patterns }] });

const wings = ['telematics', 'leasing'] as const;

// Later overrides replace a rule as a whole, so each lists everything that holds for its files.
const imports: NonNullable<OxlintConfig['overrides']> = [
  { files: ['**/*.{ts,tsx,mjs}'], rules: forbid(OTHER_FEATURES_STORE) },
  ...folders.map((folder) => ({
    files: [`${folder}/**/*.{ts,tsx}`],
    rules: forbid(OTHER_FEATURES_STORE, outside(folder)),
  })),
  ...wings.map((wing) => ({
    files: [`${wing}/**/*.ts`],
    excludeFiles: STORES,
    rules: forbid(OTHER_FEATURES_STORE, outside(wing), DRIVERS),
  })),
  ...folders.map((folder) => ({
    files: [`${folder}/**/*.test.{ts,tsx}`, `${folder}/test/**/*.ts`],
    rules: forbid(OTHER_FEATURES_STORE, outside(folder, ['local'])),
  })),
];

export default defineConfig({
  plugins: ['typescript', 'import', 'promise', 'unicorn', 'oxc', 'vitest', 'react', 'jsx-a11y'],
  categories: { correctness: 'error', suspicious: 'error' },
  options: { typeAware: true, reportUnusedDisableDirectives: 'error' },
  ignorePatterns: ['web/dist', '.data', '**/testcases'],
  rules: {
    // By this name node:stream asks a stream for more.
    'no-underscore-dangle': ['error', { allow: ['_read'] }],
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/no-explicit-any': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/return-await': ['error', 'error-handling-correctness-only'],
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'oxc/no-barrel-file': ['error', { threshold: 0 }],
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    eqeqeq: 'error',
    'no-console': ['error', { allow: ['warn', 'error'] }],
    'no-var': 'error',
    'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],

    // Node runs ES modules: `pg` and `ws` are CommonJS, and their default exports are the documented way in.
    'import/no-named-as-default-member': 'off',
    'import/no-named-as-default': 'off',
    // An assertion is how a caller states what the type system cannot know; a review judges it.
    'typescript/no-unsafe-type-assertion': 'off',
    // tsc's noImplicitReturns says the same and knows `never`.
    'typescript/consistent-return': 'off',
    // no-base-to-string finds what would print as [object Object].
    'typescript/restrict-template-expressions': 'off',
    // `Promise<unknown> | unknown` tells a reader that a promise is awaited.
    'typescript/no-redundant-type-constituents': 'off',
    // Our interfaces are records of closures, whose functions may be taken off them.
    'typescript/unbound-method': 'off',
    // Matters of taste that cost clarity here.
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'unicorn/prefer-add-event-listener': 'off',
    'promise/always-return': 'off',
    'promise/no-promise-in-callback': 'off',
    'no-useless-concat': 'off',
    'no-new': 'off',
    'no-shadow': 'off',
    'vitest/require-to-throw-message': 'off',
    'vitest/valid-expect': ['error', { maxArgs: 2 }],
    // A helper of the test's own may be what asserts.
    'vitest/expect-expect': 'off',
    'vitest/no-standalone-expect': 'off',
    // A closure may modify it.
    'no-unmodified-loop-condition': 'off',
    // The JSX transform imports it.
    'react/react-in-jsx-scope': 'off',
  },
  overrides: [
    ...imports,
    // A test looks into whatever came, and may be as long as what it tests has cases.
    {
      files: ['**/*.test.{ts,tsx}', '**/test/**/*.ts'],
      rules: { 'typescript/no-explicit-any': 'off', 'max-lines': 'off' },
    },
    // What the tools that read these files demand.
    {
      files: ['*.config.ts', 'web/vite.config.ts', 'local/test-run/test-database.ts'],
      rules: { 'import/no-default-export': 'off' },
    },
  ],
});
