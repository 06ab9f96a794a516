export function checkImports(root: string): readonly string[];
