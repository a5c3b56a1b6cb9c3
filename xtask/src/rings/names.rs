//! What names lead to: through imports, exports, globs and the modules between, to the module that defines them.
//! Knows no types: what follows the name of a type in a path is not looked at.

use std::collections::{BTreeSet, HashMap, HashSet};

use syn::{Item, ItemMacro};

use crate::source::words;

use super::mentions::{Mention, Role, mentions};
use super::tree::{ModuleIdx, ROOT, Tree, plain};

/// What the names of each module of a crate mean.
pub(super) struct Names<'a> {
    tree: &'a Tree,
    scopes: Vec<Scope>,
}

/// The names of one module, but for its children's.
#[derive(Default)]
struct Scope {
    items: HashSet<String>,
    imports: HashMap<String, Vec<Vec<String>>>,
    /// Imports inside of functions: nothing outside of the module can name them.
    local: HashMap<String, Vec<Vec<String>>>,
    globs: Vec<Vec<String>>,
    /// The words of macros that stand among the items, which may define them.
    made: HashSet<String>,
}

/// Where a path leads.
#[derive(Default)]
struct Found {
    /// The modules that it passes and where it ends.
    passed: BTreeSet<ModuleIdx>,
    /// The modules that it is the name of.
    modules: BTreeSet<ModuleIdx>,
    /// Whether the name is known, be it that of another crate.
    is_known: bool,
}

impl Found {
    fn module(module: ModuleIdx) -> Found {
        Found { passed: [module].into(), modules: [module].into(), is_known: true }
    }

    fn join(&mut self, other: Found) {
        self.passed.extend(other.passed);
        self.modules.extend(other.modules);
        self.is_known |= other.is_known;
    }
}

/// How far a name is looked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Effort {
    /// Where it stands in the source.
    Written,
    /// In what macros may have made as well.
    Made,
}

/// Names that are being looked for, so that imports of each other come to an end.
type Pending = Vec<(ModuleIdx, String)>;

impl Names<'_> {
    /// Reads the names of every module.
    pub(super) fn of(tree: &Tree) -> Names<'_> {
        let mut scopes: Vec<Scope> = tree.modules.iter().map(|module| Scope::of(&module.items)).collect();
        // Macros that are exported are names of the root.
        for (idx, module) in tree.modules.iter().enumerate().skip(1) {
            for item in module.items.iter().filter_map(exported) {
                let mut path: Vec<String> = tree.path(idx).split("::").map(str::to_owned).collect();
                path.push(item.clone());
                scopes[ROOT].imports.entry(item).or_default().push(path);
            }
        }
        Names { tree, scopes }
    }

    /// The modules that a path in a module leads through and to. Empty if an import of the module says the same.
    pub(super) fn passed(&self, module: ModuleIdx, mention: &Mention) -> BTreeSet<ModuleIdx> {
        let Some(first) = mention.path.first() else { return BTreeSet::new() };
        let is_imported = || {
            let Scope { imports, local, .. } = &self.scopes[module];
            let mut found = self.follow(module, first, imports, true, &mut Vec::new());
            found.join(self.follow(module, first, local, true, &mut Vec::new()));
            found.is_known && found.modules.is_empty()
        };
        // An import of a name as itself says what it says.
        let is_itself = mention.path.len() == 1 && mention.role == Role::Import(first.clone());
        if !is_itself && is_imported() {
            return BTreeSet::new();
        }
        self.walk(module, &mention.path, mention.role != Role::Plain, &mut Vec::new()).passed
    }

    /// Follows a path. One that names values and types does not end at a module if it can end elsewhere.
    fn walk(&self, from: ModuleIdx, path: &[String], may_end_at_module: bool, pending: &mut Pending) -> Found {
        let mut found = Found::default();
        let mut current = Found::module(from).modules;
        for (idx, name) in path.iter().enumerate() {
            let is_last = idx + 1 == path.len();
            let mut next = Found::default();
            for &module in &current {
                next.join(match name.as_str() {
                    "crate" if idx == 0 => Found::module(ROOT),
                    "self" if idx == 0 => Found::module(from),
                    "super" => self.tree.modules[module].parent.map_or_else(Found::default, Found::module),
                    // Behind a function of a module's name nothing follows: it is the module that is meant.
                    name if !is_last && self.tree.modules[module].children.contains_key(name) => {
                        Found::module(self.tree.modules[module].children[name])
                    }
                    name if idx == 0 => {
                        let mut found = self.look_up(module, name, Effort::Written, !is_last, pending);
                        found.join(self.follow(module, name, &self.scopes[module].local, true, pending));
                        found
                    }
                    name => self.inside(module, name, !is_last || may_end_at_module, pending),
                });
            }
            found.passed.extend(next.passed);
            found.is_known |= next.is_known;
            current = next.modules;
        }
        found.modules = current;
        found
    }

    /// Finds a name that must be in a module, since a path says so.
    fn inside(&self, module: ModuleIdx, name: &str, may_be_module: bool, pending: &mut Pending) -> Found {
        for effort in [Effort::Written, Effort::Made] {
            let found = self.look_up(module, name, effort, may_be_module, pending);
            if found.is_known {
                return found;
            }
        }
        // What a macro of another crate has defined is where the only glob leads.
        let globs = self.globs(module, pending);
        if globs.len() == 1 {
            Found { modules: BTreeSet::new(), passed: globs, is_known: true }
        } else {
            Found::default()
        }
    }

    fn look_up(
        &self,
        module: ModuleIdx,
        name: &str,
        effort: Effort,
        may_be_module: bool,
        pending: &mut Pending,
    ) -> Found {
        let scope = &self.scopes[module];
        let mut found = Found::default();
        if scope.items.contains(name) || effort >= Effort::Made && scope.made.contains(name) {
            found.passed.insert(module);
            found.is_known = true;
        }
        found.join(self.follow(module, name, &scope.imports, may_be_module, pending));
        if let Some(&child) = self.tree.modules[module].children.get(name)
            && (may_be_module || !found.is_known)
        {
            found.join(Found::module(child));
        }
        let key = (module, format!("* {name}"));
        if !found.is_known && !pending.contains(&key) {
            pending.push(key);
            for inside in self.globs(module, pending) {
                found.join(self.look_up(inside, name, effort, may_be_module, pending));
            }
            pending.pop();
        }
        found
    }

    /// Follows the imports of a name, but for one that is being followed: `use a::a` is of the module `a`.
    fn follow(
        &self,
        module: ModuleIdx,
        name: &str,
        imports: &HashMap<String, Vec<Vec<String>>>,
        may_be_module: bool,
        pending: &mut Pending,
    ) -> Found {
        let key = (module, name.to_owned());
        let mut found = Found::default();
        if let Some(paths) = imports.get(name).filter(|_| !pending.contains(&key)) {
            pending.push(key);
            for path in paths {
                found.join(self.walk(module, path, may_be_module, pending));
            }
            pending.pop();
            found.is_known = true;
        }
        found
    }

    /// The modules whose names a module has by globs.
    fn globs(&self, module: ModuleIdx, pending: &mut Pending) -> BTreeSet<ModuleIdx> {
        let globs = self.scopes[module].globs.iter();
        globs.flat_map(|path| self.walk(module, path, true, pending).modules).filter(|&found| found != module).collect()
    }
}

impl Scope {
    fn of(items: &[Item]) -> Scope {
        let mut scope = Scope::default();
        for item in items {
            if let Some(name) = defined(item) {
                scope.items.insert(name);
            }
            if let Item::Macro(ItemMacro { ident: None, mac, .. }) = item {
                scope.made.extend(words(mac.tokens.clone()).into_iter().map(|word| word.text));
            }
            let is_local = !matches!(item, Item::Use(_));
            for Mention { path, role, .. } in mentions(item) {
                match role {
                    Role::Import(name) if is_local => scope.local.entry(name).or_default().push(path),
                    Role::Import(name) => scope.imports.entry(name).or_default().push(path),
                    Role::Glob if !is_local => scope.globs.push(path),
                    Role::Glob | Role::Plain => {}
                }
            }
        }
        scope
    }
}

/// The name that an item defines.
fn defined(item: &Item) -> Option<String> {
    Some(plain(match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::TraitAlias(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    }))
}

/// The name of a macro that other crates can use.
fn exported(item: &Item) -> Option<String> {
    let Item::Macro(item) = item else { return None };
    let is_exported = item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export"));
    item.ident.as_ref().filter(|_| is_exported).map(plain)
}
