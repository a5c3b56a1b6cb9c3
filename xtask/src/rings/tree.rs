//! The modules of a crate, parsed. Knows where Rust looks for the file of a module and what is compiled for
//! tests only; knows nothing about what names mean.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result, bail};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, ImplItem, Item, ItemMod, Meta, Token, TraitItem};

/// The place of a module in [`Tree::modules`].
pub(super) type ModuleIdx = usize;

/// The root of a crate.
pub(super) const ROOT: ModuleIdx = 0;

/// The modules of a crate, the root first.
pub(super) struct Tree {
    pub(super) modules: Vec<Module>,
    with_tests: bool,
}

pub(super) struct Module {
    pub(super) name: String,
    pub(super) parent: Option<ModuleIdx>,
    pub(super) children: BTreeMap<String, ModuleIdx>,
    /// The path of the file it stands in.
    pub(super) file: String,
    /// What it holds itself, without modules.
    pub(super) items: Vec<Item>,
}

impl Tree {
    /// Parses a crate from the file of its root on, without what only tests have. Files are given by path.
    pub(super) fn parse(root: &str, files: &HashMap<&str, &str>) -> Result<Tree> {
        Tree { modules: Vec::new(), with_tests: false }.filled(root, files)
    }

    /// As [`Tree::parse`], with what only tests have.
    pub(super) fn parse_all(root: &str, files: &HashMap<&str, &str>) -> Result<Tree> {
        Tree { modules: Vec::new(), with_tests: true }.filled(root, files)
    }

    fn filled(self, root: &str, files: &HashMap<&str, &str>) -> Result<Tree> {
        let mut tree = self;
        let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
        tree.add_file(root, folder, None, String::new(), files)?;
        Ok(tree)
    }

    /// The modules from the root, which is left out, to a module, which is the last.
    pub(super) fn line(&self, module: ModuleIdx) -> Vec<ModuleIdx> {
        let up = std::iter::successors(Some(module), |&module| self.modules[module].parent);
        let mut line: Vec<ModuleIdx> = up.filter(|&module| module != ROOT).collect();
        line.reverse();
        line
    }

    /// The path of a module, from `crate` on.
    pub(super) fn path(&self, module: ModuleIdx) -> String {
        let names = self.line(module).into_iter().map(|module| self.modules[module].name.as_str());
        std::iter::once("crate").chain(names).collect::<Vec<_>>().join("::")
    }

    fn add_file(
        &mut self,
        path: &str,
        folder: &str,
        parent: Option<ModuleIdx>,
        name: String,
        files: &HashMap<&str, &str>,
    ) -> Result<ModuleIdx> {
        let text = files.get(path).with_context(|| format!("{path} is not there"))?;
        let items = syn::parse_file(text).with_context(|| format!("{path} cannot be parsed"))?.items;
        self.add(items, path, folder, parent, name, files)
    }

    /// Adds a module with all below it. The files of its children are in the folder.
    fn add(
        &mut self,
        items: Vec<Item>,
        file: &str,
        folder: &str,
        parent: Option<ModuleIdx>,
        name: String,
        files: &HashMap<&str, &str>,
    ) -> Result<ModuleIdx> {
        let idx = self.modules.len();
        self.modules.push(Module { name, parent, children: BTreeMap::new(), file: file.to_owned(), items: Vec::new() });
        let with_tests = self.with_tests;
        for item in items.into_iter().filter(|item| with_tests || !is_test(attributes(item))) {
            match item {
                Item::Mod(item) => {
                    let name = plain(&item.ident);
                    let child = self.add_child(item, idx, folder, files)?;
                    self.modules[idx].children.insert(name, child);
                }
                item => self.modules[idx].items.push(item),
            }
        }
        Ok(idx)
    }

    fn add_child(
        &mut self,
        item: ItemMod,
        parent: ModuleIdx,
        folder: &str,
        files: &HashMap<&str, &str>,
    ) -> Result<ModuleIdx> {
        let name = plain(&item.ident);
        let inside = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        if let Some((_, items)) = item.content {
            let file = self.modules[parent].file.clone();
            return self.add(items, &file, &inside, Some(parent), name, files);
        }
        let places = [format!("{inside}.rs"), format!("{inside}/mod.rs")];
        let Some(path) = places.iter().find(|path| files.contains_key(path.as_str())) else {
            bail!("{}: module {name} has no file {} or {}", self.modules[parent].file, places[0], places[1]);
        };
        self.add_file(path, &inside, Some(parent), name, files)
    }
}

/// A name without the mark of those that are keywords.
pub(super) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// Whether what has the attributes is there in tests only.
pub(super) fn is_test(attributes: &[Attribute]) -> bool {
    let asks = |attribute: &Attribute| attribute.parse_args::<Meta>().is_ok_and(|condition| asks_for_test(&condition));
    attributes.iter().any(|attribute| attribute.path().is_ident("cfg") && asks(attribute))
}

fn asks_for_test(condition: &Meta) -> bool {
    match condition {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("all") => list
            .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .is_ok_and(|conditions| conditions.iter().any(asks_for_test)),
        _ => false,
    }
}

/// The attributes of an item, none for tokens that are no known item.
pub(super) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// The attributes of an item of an implementation.
pub(super) fn impl_attributes(item: &ImplItem) -> &[Attribute] {
    match item {
        ImplItem::Const(item) => &item.attrs,
        ImplItem::Fn(item) => &item.attrs,
        ImplItem::Type(item) => &item.attrs,
        ImplItem::Macro(item) => &item.attrs,
        _ => &[],
    }
}

/// The attributes of an item of a trait.
pub(super) fn trait_attributes(item: &TraitItem) -> &[Attribute] {
    match item {
        TraitItem::Const(item) => &item.attrs,
        TraitItem::Fn(item) => &item.attrs,
        TraitItem::Type(item) => &item.attrs,
        TraitItem::Macro(item) => &item.attrs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(files: &[(&str, &str)]) -> Result<Vec<String>> {
        let tree = Tree::parse(files[0].0, &files.iter().copied().collect())?;
        Ok((0..tree.modules.len()).map(|module| tree.path(module)).collect())
    }

    #[test]
    fn modules_are_found_where_rust_looks() {
        let found = paths(&[
            ("src/lib.rs", "mod a; mod b; mod c { mod d; } mod r#try;"),
            ("src/a.rs", "mod e;"),
            ("src/a/e.rs", ""),
            ("src/b/mod.rs", "mod f;"),
            ("src/b/f.rs", ""),
            ("src/c/d.rs", ""),
            ("src/try.rs", ""),
        ]);
        let expected = ["", "::a", "::a::e", "::b", "::b::f", "::c", "::c::d", "::try"];
        assert_eq!(found.unwrap(), expected.map(|path| format!("crate{path}")));
        let message = paths(&[("src/lib.rs", "mod a;")]).unwrap_err().to_string();
        assert_eq!(message, "src/lib.rs: module a has no file src/a.rs or src/a/mod.rs");
    }

    #[test]
    fn what_only_tests_have_is_left_out() {
        let condition = |text: &str| paths(&[("lib.rs", &format!("#[cfg({text})] mod a {{}}"))]).unwrap().len() == 1;
        assert!(condition("test"));
        assert!(condition("all(unix, test)"));
        assert!(!condition("not(test)"));
        assert!(!condition("any(unix, test)"));
        assert!(!condition("feature = \"test\""));
    }
}
