//! Tokens of Rust sources, for checks that look at code: comments and texts are none of it, the bodies of macros
//! are. Knows no rules, and nothing about what tokens mean together but paths and attributes.

use anyhow::{Result, anyhow};
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;

/// The tokens of a source.
pub(crate) fn tokens(text: &str) -> Result<TokenStream> {
    text.parse().map_err(|error: proc_macro2::LexError| {
        anyhow!("line {}: what starts here is no Rust", error.span().start().line)
    })
}

/// A name or a keyword, without the mark of names that are keywords.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// All names and keywords.
pub(crate) fn words(tokens: TokenStream) -> Vec<Word> {
    let mut found = Vec::new();
    add_words(tokens, &mut found);
    found
}

fn add_words(tokens: TokenStream, found: &mut Vec<Word>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                found.push(Word { text: ident.unraw().to_string(), line: line(ident.span()) });
            }
            TokenTree::Group(group) => add_words(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// An attribute, by its words. Documentation is one too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) words: Vec<String>,
    pub(crate) line: usize,
    /// Whether it is of what it stands in, and not of what follows.
    pub(crate) is_inner: bool,
}

/// All attributes, also those in macros.
pub(crate) fn attributes(tokens: TokenStream) -> Vec<Attribute> {
    let mut found = Vec::new();
    add_attributes(tokens, &mut found);
    found
}

fn add_attributes(tokens: TokenStream, found: &mut Vec<Attribute>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (idx, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        add_attributes(group.stream(), found);
        let is_before = |n: usize, c: char| idx.checked_sub(n).is_some_and(|idx| is_punct(&tokens[idx], c));
        let is_inner = is_before(1, '!') && is_before(2, '#');
        if group.delimiter() == Delimiter::Bracket && (is_inner || is_before(1, '#')) {
            let words = words(group.stream()).into_iter().map(|word| word.text).collect();
            found.push(Attribute { words, line: line(group.span()), is_inner });
        }
    }
}

/// Names with `::` between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) names: Vec<String>,
    pub(crate) line: usize,
    /// Whether it starts with `::`, and so with the name of a crate.
    pub(crate) is_global: bool,
}

/// All paths of two names and more. A group after `::`, as imports have it, is several paths. What follows a type
/// that is no name, or something that a macro fills in, is none.
pub(crate) fn paths(tokens: TokenStream) -> Vec<Path> {
    let mut found = Vec::new();
    add_paths(tokens, None, &mut found);
    found
}

fn add_paths(tokens: TokenStream, prefix: Option<&Path>, found: &mut Vec<Path>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut idx = 0;
    while idx < tokens.len() {
        let TokenTree::Ident(first) = &tokens[idx] else {
            if let TokenTree::Group(group) = &tokens[idx] {
                add_paths(group.stream(), None, found);
            }
            idx += 1;
            continue;
        };
        if is_separator(&tokens, idx + 1) && is_keyword(first) {
            idx += 1;
            continue;
        }
        let start = start(&tokens, idx);
        let mut path = Path {
            names: prefix.map_or_else(Vec::new, |prefix| prefix.names.clone()),
            line: line(first.span()),
            is_global: start == Start::Global || prefix.is_some_and(|prefix| prefix.is_global),
        };
        path.names.push(first.unraw().to_string());
        idx += 1;
        while is_separator(&tokens, idx)
            && let Some(TokenTree::Ident(next)) = tokens.get(idx + 2)
        {
            path.names.push(next.unraw().to_string());
            idx += 3;
        }
        let group = match tokens.get(idx + 2) {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => Some(group),
            _ => None,
        };
        if let Some(group) = group.filter(|_| is_separator(&tokens, idx)) {
            // The group belongs to the path, also where that has no known start.
            idx += 3;
            if start != Start::Unknown {
                add_paths(group.stream(), Some(&path), found);
            }
        } else if start != Start::Unknown && path.names.len() > 1 {
            found.push(path);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    Name,
    Global,
    Unknown,
}

/// What the path that has its first name at a token starts with. `$crate` is a name.
fn start(tokens: &[TokenTree], idx: usize) -> Start {
    let is_before = |n: usize, c: char| idx.checked_sub(n).is_some_and(|idx| is_punct(&tokens[idx], c));
    if is_before(1, '$') {
        let is_crate = matches!(&tokens[idx], TokenTree::Ident(ident) if ident == "crate");
        return if is_crate { Start::Name } else { Start::Unknown };
    }
    if idx < 2 || !is_separator(tokens, idx - 2) {
        return Start::Name;
    }
    // A name before it would have it in its path: there is a keyword, if any.
    if is_before(3, '>') { Start::Unknown } else { Start::Global }
}

/// Whether a word starts no path: one that a path may follow is not a part of it.
fn is_keyword(word: &Ident) -> bool {
    let starts_path = ["crate", "self", "super", "Self"].iter().any(|name| word == name);
    !starts_path && syn::parse_str::<Ident>(&word.to_string()).is_err()
}

fn is_separator(tokens: &[TokenTree], idx: usize) -> bool {
    tokens.get(idx..idx + 2).is_some_and(|pair| pair.iter().all(|token| is_punct(token, ':')))
}

fn is_punct(token: &TokenTree, c: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == c)
}

fn line(span: Span) -> usize {
    span.start().line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_left() {
        let check = |source: &str, expected: &[&str]| {
            let found: Vec<String> = words(tokens(source).unwrap()).into_iter().map(|word| word.text).collect();
            assert_eq!(found, expected, "{source}");
        };
        check("a // unsafe\nb", &["a", "b"]);
        check("a /* x /* unsafe */ y */ b", &["a", "b"]);
        check(r#"a "un\"safe" b"#, &["a", "b"]);
        check(r##"a r#"un"safe"# b"##, &["a", "b"]);
        check(r##"a br#"unsafe"# b"##, &["a", "b"]);
        check("a '\"' b '\\'' c 'ä' d", &["a", "b", "c", "d"]);
        check("fn f<'a>(x: &'a str) {}", &["fn", "f", "a", "x", "a", "str"]);
        check("for r in x {}", &["for", "r", "in", "x"]);
        check("r#try", &["try"]);
        check("macro_rules! m { () => { unsafe {} } }", &["macro_rules", "m", "unsafe"]);
        // Documentation is an attribute with a text.
        check("/// unsafe\nfn f() {}", &["doc", "fn", "f"]);
    }

    #[test]
    fn lines_are_known() {
        let found = words(tokens("/* 1\n2 */ a\n\"3\n4\" b").unwrap());
        assert_eq!(found.iter().map(|word| (word.line, word.text.as_str())).collect::<Vec<_>>(), [(2, "a"), (4, "b")]);
        assert_eq!(tokens("a\n\"b").unwrap_err().to_string(), "line 2: what starts here is no Rust");
    }

    #[test]
    fn paths_are_found() {
        let found = |source: &str| {
            let paths = paths(tokens(source).unwrap()).into_iter();
            let shown = |path: Path| format!("{}{}", if path.is_global { "::" } else { "" }, path.names.join("::"));
            paths.map(shown).collect::<Vec<_>>()
        };
        assert_eq!(found("f(a::b(c), x.d::<e::E>())"), ["a::b", "e::E"]);
        assert_eq!(found("use a::{b, c::{D, E}}; use ::f::g;"), ["a::b", "a::c::D", "a::c::E", "::f::g"]);
        assert_eq!(found("return ::a::b + (::c::d)"), ["::a::b", "::c::d"]);
        assert_eq!(found("use ::{a::b, c::*};"), ["a::b"]);
        assert_eq!(found("$crate::a::B, $x::y, $x: z::w"), ["crate::a::B", "z::w"]);
        assert_eq!(found("<T as a::B>::c::d(), T::<x>::e::f()"), ["a::B"]);
    }

    #[test]
    fn attributes_are_found() {
        let found = attributes(tokens("#![a(b, c)]\n#[d = \"e\"] fn f() { m! { #[g] x[i] } }").unwrap());
        let shown = |found: &Attribute| format!("{} {} {}", found.line, found.is_inner, found.words.join(" "));
        assert_eq!(found.iter().map(shown).collect::<Vec<_>>(), ["1 true a b c", "2 false d", "2 false g"]);
    }
}
