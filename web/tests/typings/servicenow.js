// What an administrator writes, as an editor with TypeScript sees it.
