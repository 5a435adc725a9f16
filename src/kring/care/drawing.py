"""Draws pages with less work: what is the same at each look in one language is worked out when a template is compiled.

Each language has its own environment. There, a template and all that it extends are one piece, and what depends on
nothing but the language (words, addresses without ids, macros of `ui.html` with fixed arguments) is text in it. The
bytes are those that Jinja would write without (a test draws both ways). A fault is told with the name of the page,
also where its line is in what the page extends.
"""

import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

import jinja2
from django.template import TemplateDoesNotExist
from django.template.backends.jinja2 import Jinja2, Template
from django.utils import translation
from jinja2 import nodes
from jinja2.compiler import CodeGenerator
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, _escape_inner  # type: ignore[attr-defined]

PIECES = "ui.html"  # what its macros draw depends on their arguments alone, not on the page
FIXED = ("_", "url", "static", "htmx_script", "language")  # names of globals that answer the same in one language
GAP = re.compile(r"%\((\w+)\)s")
BEFORE = (nodes.Import, nodes.FromImport, nodes.Assign, nodes.AssignBlock, nodes.Macro)
"""What a template may say besides its blocks; it is done before what the template extends."""


class Pages(Jinja2):
    """Django's way to the templates, with an environment per language."""

    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__(params)
        environment: Any = self.env
        self.in_language = functools.cache(environment.in_language)

    def get_template(self, template_name: str) -> Template:
        """To be drawn at once: what is fixed in it is in the language of now."""
        try:
            return Template(self.in_language(translation.get_language()).get_template(template_name), self)
        except jinja2.TemplateNotFound as missing:
            raise TemplateDoesNotExist(str(missing.name), backend=self) from missing


class Environment(jinja2.Environment):
    """As it is made, an ordinary one; `in_language` returns one that works things out beforehand."""

    language: str | None = None
    address_of: Callable[[str], Callable[..., str]]  # what draws the address of one page from its ids
    _plain: "Environment | None" = None

    def in_language(self, language: str | None) -> "Environment":
        made = self.overlay()
        made.language, made._plain, made.code_generator_class = language, self, Writer
        return made

    def make_globals(self, d: Any) -> Any:
        """As one dict: each drawing copies them, and a chain of dicts is slow to copy."""
        return {**self.globals, **(d or {})}

    def _generate(self, source: nodes.Template, name: Any, filename: Any, defer_init: bool = False) -> str:
        if self._plain is not None:
            with translation.override(self.language):
                source = _WorkedOut(self, self._plain).visit(_Inlined().visit(self._filled(source)))
        return super()._generate(source, name, filename, defer_init)

    def _filled(self, tree: nodes.Template) -> nodes.Template:
        """What a page extends, with the blocks of the page in it."""
        extends = tree.find(nodes.Extends)
        if extends is None:
            return tree
        others = [node for node in tree.body if not isinstance(node, (nodes.Extends, nodes.Block, nodes.Output))]
        names = {name.name for name in tree.find_all(nodes.Name)}
        constant = isinstance(extends.template, nodes.Const)
        if not constant or names & {"super", "self"} or not all(isinstance(node, BEFORE) for node in others):
            raise jinja2.TemplateSyntaxError("This does more than fill the blocks of one page", extends.lineno)
        whole = self._filled(self._parsed(extends.template.value))  # type: ignore[attr-defined]
        blocks = {block.name: block for block in tree.find_all(nodes.Block)}
        for block in list(whole.find_all(nodes.Block)):
            block.body = blocks[block.name].body if block.name in blocks else block.body
        whole.body = [*others, *whole.body]
        return whole

    def _parsed(self, name: str) -> nodes.Template:
        assert self.loader is not None
        source, filename, _uptodate = self.loader.get_source(self, name)
        return self._parse(source, name, filename)


class Writer(CodeGenerator):
    """Jinja's own, but what is written is made safe without a Markup around each piece: the pieces are only joined."""

    def visit_Template(self, node: nodes.Template, frame: Any = None) -> None:  # noqa: N802 (Jinja's name)
        self.writeline(f"from {__name__} import written")
        super().visit_Template(node, frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("written(")


def written(value: Any) -> str:
    """`markupsafe.escape` as a plain text."""
    if type(value) is str:
        return _escape_inner(value)
    if hasattr(value, "__html__"):
        html: str = value.__html__()
        return html
    return _escape_inner(str(value))


class _Inlined(NodeTransformer):
    """A block with nothing left to fill it."""

    def visit_Block(self, node: nodes.Block) -> nodes.Scope:  # noqa: N802
        self.generic_visit(node)
        return nodes.Scope(node.body, lineno=node.lineno, environment=node.environment)


class _WorkedOut(NodeTransformer):
    """Puts a constant where a call always answers the same, and a direct call where only ids or values are missing."""

    def __init__(self, environment: Environment, plain: Environment) -> None:
        self.environment, self.plain = environment, plain
        self.own: set[str] = set()  # names to which the template itself gives a meaning

    def visit_Template(self, tree: nodes.Template) -> nodes.Node:  # noqa: N802
        self.own = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
        self.own |= {macro.name for macro in tree.find_all(nodes.Macro)}
        self.own |= {found.target for found in tree.find_all(nodes.Import) if found.target != "ui"}
        return self.generic_visit(tree)

    def visit_Call(self, call: nodes.Call) -> nodes.Node:  # noqa: N802
        self.generic_visit(call)
        if call.dyn_args is not None or call.dyn_kwargs is not None:
            return call
        meant = self._meant(call.node)
        if meant is None:
            return call
        try:
            args = [arg.as_const() for arg in call.args]
            value = meant(*args, **dict(keyword.as_const() for keyword in call.kwargs))
            value = Markup(value.__html__()) if hasattr(value, "__html__") else value  # noqa: S704 (it is safe)
            return nodes.Const.from_untrusted(value, lineno=call.lineno, environment=self.environment)
        except Exception:  # it needs what only the page knows, or fails: then it does so when it is drawn
            return self._direct(call)

    def _meant(self, node: Any) -> Any:
        """The function that a name in the template stands for, where what it answers is fixed."""
        if isinstance(node, nodes.Name) and node.name in FIXED and node.name not in self.own:
            return self.plain.globals[node.name]
        of_pieces = isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == "ui"
        if of_pieces and "ui" not in self.own:
            return getattr(self.plain.get_template(PIECES).module, node.attr)
        return None

    def _direct(self, call: nodes.Call) -> nodes.Node:
        """As a filter: Jinja calls those without asking what they are."""
        name = call.node.name if isinstance(call.node, nodes.Name) else ""
        if name not in ("_", "url") or not call.args:
            return call
        first, *others = call.args
        filter_name = "words"
        if name == "url":
            if not isinstance(first, nodes.Const) or not others or call.kwargs:
                return call
            filter_name = f"url {first.value}"
            self.environment.filters.setdefault(filter_name, self.environment.address_of(first.value))
            first, *others = others
        made: nodes.Node = self._placed(nodes.Filter(first, filter_name, others, call.kwargs, None, None), call)
        return made

    def visit_Output(self, output: nodes.Output) -> list[nodes.Node]:  # noqa: N802
        self.generic_visit(output)
        return list(self._pieces(output.nodes, output))

    def _pieces(self, written: list[nodes.Expr], place: nodes.Node) -> Iterator[nodes.Node]:
        """Of a choice between texts, and of words with values in them, as much as can be is text."""
        plain: list[nodes.Expr] = []
        for node in written:
            if isinstance(node, nodes.CondExpr) and (_is_text(node.expr1) or _is_text(node.expr2)):
                if plain:
                    yield self._placed(nodes.Output(plain), place)
                plain = []
                otherwise = [] if node.expr2 is None else list(self._pieces([node.expr2], place))
                yield self._placed(nodes.If(node.test, list(self._pieces([node.expr1], place)), [], otherwise), node)
            else:
                plain += self._words_apart(node)
        if plain:
            yield self._placed(nodes.Output(plain), place)

    def _words_apart(self, node: nodes.Expr) -> list[nodes.Expr]:
        if not (isinstance(node, nodes.Filter) and node.name == "words" and _is_text(node.node) and node.kwargs):
            return [node]
        said: Any = node
        values = {pair.key: pair.value for pair in said.kwargs}
        words: Any = self.plain.globals["_"]
        text = words(said.node.value, **{name: Markup(f"%({name})s") for name in values})  # noqa: S704 (a gap again)
        parts = enumerate(GAP.split(text))
        return [values[part] if at % 2 else self._placed(nodes.TemplateData(part), node) for at, part in parts]

    def _placed(self, made: Any, by: nodes.Node) -> Any:
        made.lineno, made.environment = by.lineno, self.environment
        return made


def _is_text(node: nodes.Expr | None) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, str)
