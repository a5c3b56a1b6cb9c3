//! The paths that stand in code, with their lines. Looks into macros, of which only the tokens are known: what
//! looks like a path there is one. Knows nothing about what a path leads to.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, ItemUse, Macro, Path, TraitItem, UseTree, Visibility};

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

/// All words of a macro's tokens: what it may give names to.
pub(super) fn words(tokens: TokenStream, found: &mut HashSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => drop(found.insert(plain(&ident))),
            TokenTree::Group(group) => words(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
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

    /// Finds the paths of a macro's tokens: names with `::` between them, and those of a group after `::`, as of
    /// an import.
    fn tokens(&mut self, tokens: TokenStream, prefix: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut idx = 0;
        while idx < tokens.len() {
            match &tokens[idx] {
                TokenTree::Ident(first) => {
                    let mut path = prefix.to_vec();
                    path.push(plain(first));
                    let is_start = is_start(&tokens, idx);
                    idx += 1;
                    while is_separator(&tokens, idx)
                        && let Some(TokenTree::Ident(next)) = tokens.get(idx + 2)
                    {
                        path.push(plain(next));
                        idx += 3;
                    }
                    let group = tokens.get(idx + 2).filter(|_| is_separator(&tokens, idx));
                    if let Some(TokenTree::Group(group)) = group
                        && group.delimiter() == Delimiter::Brace
                        && is_start
                    {
                        self.tokens(group.stream(), &path);
                        idx += 3;
                    } else if is_start && path.len() > 1 {
                        self.add(path, first.span(), Role::Plain);
                    }
                }
                TokenTree::Group(group) => {
                    self.tokens(group.stream(), &[]);
                    idx += 1;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => idx += 1,
            }
        }
    }
}

/// Whether a name is the first of its path, and not what a macro fills in: `$crate` is a name, `$x` is none.
fn is_start(tokens: &[TokenTree], idx: usize) -> bool {
    let TokenTree::Ident(ident) = &tokens[idx] else { return false };
    match idx.checked_sub(1).map(|before| &tokens[before]) {
        Some(TokenTree::Punct(punct)) if punct.as_char() == '$' => ident == "crate",
        Some(TokenTree::Punct(punct)) if punct.as_char() == ':' => !(idx >= 2 && is_separator(tokens, idx - 2)),
        _ => true,
    }
}

fn is_separator(tokens: &[TokenTree], idx: usize) -> bool {
    let is_colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == ':');
    is_colon(tokens.get(idx)) && is_colon(tokens.get(idx + 1))
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
        self.tokens(item.tokens.clone(), &[]);
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
        assert_eq!(found("f(a::b(c), $crate::d::E, $x::y, $x: z::w)"), ["1 a::b", "1 crate::d::E", "1 z::w"]);
        let imports = ["1 crate::a::b", "1 crate::a::c::D", "1 crate::a::c::E"];
        assert_eq!(found("use crate::a::{b, c::{D, E}};"), imports);
        assert_eq!(found("<T as a::B>::c::d()"), ["1 a::B"]);
        assert_eq!(found("\"a::b\""), [""; 0]);
    }
}
