//! The paths that stand in code, with their lines. Looks into macros, of which only the tokens are known: what
//! looks like a path there is one. Knows nothing about what a path leads to.

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, ItemUse, Macro, Path, TraitItem, UseTree, Visibility};

use crate::source::paths;

use super::tree::{attributes, impl_attributes, is_test, plain, trait_attributes};

/// A path as it was written, and where.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    pub(super) path: Vec<String>,
    pub(super) line: usize,
    pub(super) role: Role,
}

/// What a path does where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Names something.
    Plain,
    /// Gives what it leads to a name.
    Import(String),
    /// Gives all that is in what it leads to their names.
    Glob,
}

/// All paths of an item.
pub(super) fn mentions(item: &Item) -> Vec<Mention> {
    let mut visitor = Mentions::default();
    visitor.visit_item(item);
    visitor.found
}

#[derive(Default)]
struct Mentions {
    found: Vec<Mention>,
}

impl Mentions {
    fn add(&mut self, path: Vec<String>, span: Span, role: Role) {
        self.found.push(Mention { path, line: span.start().line, role });
    }

    fn import(&mut self, tree: &UseTree, mut path: Vec<String>) {
        match tree {
            UseTree::Path(tree) => {
                path.push(plain(&tree.ident));
                self.import(&tree.tree, path);
            }
            UseTree::Name(tree) => {
                // `self` is the path before it.
                if tree.ident != "self" {
                    path.push(plain(&tree.ident));
                }
                let name = path.last().cloned().unwrap_or_default();
                self.add(path, tree.ident.span(), Role::Import(name));
            }
            UseTree::Rename(tree) => {
                if tree.ident != "self" {
                    path.push(plain(&tree.ident));
                }
                self.add(path, tree.ident.span(), Role::Import(plain(&tree.rename)));
            }
            UseTree::Glob(tree) => self.add(path, tree.star_token.spans[0], Role::Glob),
            UseTree::Group(tree) => tree.items.iter().for_each(|item| self.import(item, path.clone())),
        }
    }
}

impl<'ast> Visit<'ast> for Mentions {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        if !is_test(impl_attributes(item)) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        if !is_test(trait_attributes(item)) {
            visit::visit_trait_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        // A path that starts with `::` leads out of the crate.
        if item.leading_colon.is_none() {
            self.import(&item.tree, Vec::new());
        }
    }

    fn visit_path(&mut self, path: &'ast Path) {
        if let Some(first) = path.segments.first().filter(|_| path.leading_colon.is_none()) {
            let names = path.segments.iter().map(|segment| plain(&segment.ident)).collect();
            self.add(names, first.ident.span(), Role::Plain);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        visit::visit_macro(self, item);
        for path in paths(item.tokens.clone()).into_iter().filter(|path| !path.is_global) {
            self.found.push(Mention { path: path.names, line: path.line, role: Role::Plain });
        }
    }

    // Attributes name no modules, and a visibility those above at most.
    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    fn visit_visibility(&mut self, _: &'ast Visibility) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let items = syn::parse_file(text).unwrap().items;
        items.iter().flat_map(mentions).map(|mention| format!("{} {}", mention.line, mention.path.join("::"))).collect()
    }

    #[test]
    fn imports_are_told_apart() {
        assert_eq!(found("use a::{self, b::{C, D as E},\n f::*};"), ["1 a", "1 a::b::C", "1 a::b::D", "2 a::f"]);
        assert_eq!(found("use ::a::b;"), [""; 0]);
    }

    #[test]
    fn paths_are_found_everywhere_in_code() {
        assert_eq!(found("impl a::T for b::S<c::G> { fn f(&self) { d::g::<e::E>() } }").len(), 5);
        assert_eq!(found("/// [`x::y`]\n#[z::w]\npub(in crate::v) struct S(u::T);"), ["3 u::T"]);
        assert_eq!(found("impl S { #[cfg(test)] fn f() { a::b() } }"), ["1 S"]);
    }

    #[test]
    fn paths_of_macros_are_found() {
        let found = |text: &str| found(&format!("m! {{ {text} }}"))[1..].to_vec();
        assert_eq!(found("f(a::b(c), $crate::d::E, ::x::y)"), ["1 a::b", "1 crate::d::E"]);
        assert_eq!(found("use crate::a::{b, c};"), ["1 crate::a::b", "1 crate::a::c"]);
        assert_eq!(found("\"a::b\""), [""; 0]);
    }
}
