"""Run GraphQL queries; errors read as Cloudflare's do.

Source of the messages: developers.cloudflare.com/analytics/graphql-api/errors.
"""

from collections.abc import Iterable

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    ValidationRule,
    Visitor,
    execute_sync,
    get_named_type,
    is_leaf_type,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.language import DocumentNode
from graphql.validation import (
    ASTValidationRule,
    FieldsOnCorrectTypeRule,
    KnownArgumentNamesRule,
    ProvidedRequiredArgumentsRule,
    ScalarLeafsRule,
    ValuesOfCorrectTypeRule,
    VariablesInAllowedPositionRule,
)

from local_edge.analytics import dataset
from local_edge.analytics.queries import Query, QueryProblem, failed
from local_edge.jsontypes import JsonObject

MAX_TOKENS = 10_000
MAX_NODES = 30
"""Datasets that one request may ask."""


class _KnownFields(ValidationRule):
    """Fields exist, and have a selection exactly if they are objects."""

    def enter_field(self, node: FieldNode, *_: object) -> None:
        parent, field = self.context.get_parent_type(), self.context.get_field_def()
        if parent is None:
            return
        if field is None:
            self.report_error(GraphQLError(f'unknown field "{node.name.value}"', node))
        elif is_leaf_type(get_named_type(field.type)) and node.selection_set:
            self.report_error(GraphQLError("scalar fields must have no selections", node))
        elif not is_leaf_type(get_named_type(field.type)) and not node.selection_set:
            self.report_error(GraphQLError("object field must have selections", node))


_ARGUMENT_RULES = (KnownArgumentNamesRule, ProvidedRequiredArgumentsRule, ValuesOfCorrectTypeRule)
# Variables of a dataset's times are declared as `string` by some clients and as `Time` by others.
_REPLACED = (FieldsOnCorrectTypeRule, ScalarLeafsRule, VariablesInAllowedPositionRule)
_RULES: list[type[ASTValidationRule]] = [
    _KnownFields,
    *(rule for rule in specified_rules if rule not in (*_REPLACED, *_ARGUMENT_RULES)),
]


def run(schema: GraphQLSchema, query: Query) -> JsonObject:
    """Return `data` and `errors`: without data if anything is wrong, and without errors otherwise."""
    try:
        document = parse(query.text, max_tokens=MAX_TOKENS)
        problems = _problems(schema, document)
    except GraphQLError as error:
        problems = [error]
    if problems:
        return _failed(problems)
    result = execute_sync(
        schema,
        document,
        query.budget,
        variable_values=query.variables,
        operation_name=query.operation,
    )
    if result.errors:
        return _failed(result.errors)
    return {"data": result.data, "errors": None}


def _failed(errors: Iterable[GraphQLError]) -> JsonObject:
    return failed(QueryProblem(error.message, error.path) for error in errors)


def _problems(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    problems = validate(schema, document, _RULES)
    if problems:
        return problems
    wrong = validate(schema, document, _ARGUMENT_RULES)
    if wrong:
        return [
            GraphQLError(f"error parsing args: {error.message}", error.nodes) for error in wrong
        ]
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if any(definition.operation is not OperationType.QUERY for definition in operations):
        return [GraphQLError("query contains error, please review it and retry")]
    if _query_count(document) > MAX_NODES:
        text = "in combination, your request queries too many nodes, zones and accounts"
        return [GraphQLError(text)]
    return []


def _query_count(document: DocumentNode) -> int:
    """Return how many datasets a document names."""
    counter = _Counter()
    visit(document, counter)
    return counter.found


class _Counter(Visitor):
    found = 0

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.found += node.name.value == dataset.NAME
