"""The GraphQL schema, as far as it concerns Workers.

Names of types and scalars are Cloudflare's, so that its clients' variables and introspection fit. Clients declare the
variables of times as `string` or `Time`, so the scalars take any value; what reads them checks it.
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLError,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    InlineFragmentNode,
    SelectionSetNode,
)

from local_edge.analytics import dataset
from local_edge.analytics.aggregates import DIMENSIONS, MEASURES, Aggregate, Measure, Value
from local_edge.analytics.dataset import Dataset, QueryFailed, Question
from local_edge.analytics.filters import FILTER_KEYS, Filter

_Info: TypeAlias = GraphQLResolveInfo[None]
_Type: TypeAlias = GraphQLScalarType | GraphQLEnumType | GraphQLInputObjectType
_ROW = "AccountWorkersInvocationsAdaptive"
_SCALARS = {
    name: GraphQLScalarType(name)
    for name in (
        "string", "bool", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "Time", "Date",
    )
}  # fmt: skip


def schema_of(data: Dataset, account: str) -> GraphQLSchema:
    """Return the schema of an account. The root value of a query is the number of queries that are left."""
    account_type = GraphQLObjectType("account", lambda: _account_fields(data, account))

    def accounts(_: object, info: _Info, filter: Filter | None = None) -> list[str]:
        return [_asked_account(filter, account)]

    viewer = GraphQLObjectType(
        "viewer",
        {
            "budget": GraphQLField(
                GraphQLNonNull(_SCALARS["uint64"]), resolve=lambda budget, info: budget
            ),
            "accounts": GraphQLField(
                _list(account_type), {"filter": GraphQLArgument(_account_filter())}, accounts
            ),
        },
    )
    query = {"viewer": GraphQLField(GraphQLNonNull(viewer), resolve=lambda budget, info: budget)}
    return GraphQLSchema(
        GraphQLObjectType("Query", query), types=[*_SCALARS.values(), GraphQLString, GraphQLInt]
    )


def _asked_account(filter: Filter | None, account: str) -> str:
    if not filter or not filter.get("accountTag"):
        raise GraphQLError('error parsing args for "accounts": filter: accountTag is required')
    if filter["accountTag"] != account:
        raise GraphQLError("not authorized for that account")
    return account


def _account_fields(data: Dataset, account: str) -> dict[str, GraphQLField]:
    def rows(
        _: object,
        info: _Info,
        limit: object = None,
        filter: Filter | None = None,
        orderBy: object = (),  # noqa: N803 - the name of the argument
    ) -> list[Aggregate]:
        asked = _asked_fields(info)
        dimensions = [name for group, name in asked if group == "dimensions"]
        order = [str(name) for name in orderBy] if isinstance(orderBy, list | tuple) else []
        question = Question(account, filter or {}, limit, order, dimensions, len(asked))
        try:
            return data.answer(question)
        except QueryFailed as error:
            raise GraphQLError(str(error)) from None

    return {
        "accountTag": GraphQLField(
            GraphQLNonNull(_SCALARS["string"]), resolve=lambda tag, info: tag
        ),
        dataset.NAME: GraphQLField(
            _list(_row_type()),
            {
                "limit": GraphQLArgument(GraphQLNonNull(_SCALARS["uint64"])),
                "filter": GraphQLArgument(_dataset_filter()),
                "orderBy": GraphQLArgument(GraphQLList(GraphQLNonNull(_order()))),
            },
            rows,
        ),
        "settings": GraphQLField(GraphQLNonNull(_settings()), resolve=lambda tag, info: {}),
    }


def _asked_fields(info: _Info) -> set[tuple[str, str]]:
    """Return what a query asks of a row: pairs such as ("sum", "requests")."""
    return {
        (group.name.value, field.name.value)
        for node in info.field_nodes
        for group in _selected(info, node.selection_set)
        for field in _selected(info, group.selection_set)
    }


def _selected(info: _Info, selections: SelectionSetNode | None) -> Iterable[FieldNode]:
    for node in selections.selections if selections else ():
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            yield from _selected(info, node.selection_set)
        elif isinstance(node, FragmentSpreadNode):
            yield from _selected(info, info.fragments[node.name.value].selection_set)


def _list(
    item: GraphQLObjectType,
) -> GraphQLNonNull[GraphQLList[GraphQLNonNull[GraphQLObjectType]]]:
    return GraphQLNonNull(GraphQLList(GraphQLNonNull(item)))


def _row_type() -> GraphQLObjectType:
    def itself(row: Aggregate, _: _Info) -> Aggregate:
        return row

    fields = {"dimensions": GraphQLObjectType(f"{_ROW}Dimensions", _dimension_fields())}
    for group, measures in MEASURES.items():
        of_group = {name: _measure_field(measure) for name, measure in measures.items()}
        fields[group] = GraphQLObjectType(f"{_ROW}{group.capitalize()}", of_group)
    return GraphQLObjectType(
        _ROW,
        {name: GraphQLField(GraphQLNonNull(kind), resolve=itself) for name, kind in fields.items()},
    )


def _dimension_fields() -> dict[str, GraphQLField]:
    def field(name: str) -> GraphQLField:
        def value(row: Aggregate, _: _Info) -> Value:
            return DIMENSIONS[name].of(row.key)

        return GraphQLField(GraphQLNonNull(_SCALARS[DIMENSIONS[name].kind]), resolve=value)

    return {name: field(name) for name in DIMENSIONS}


def _measure_field(measure: Measure) -> GraphQLField:
    def value(row: Aggregate, _: _Info) -> Value:
        return measure.of(row)

    return GraphQLField(_SCALARS[measure.kind], resolve=value, description=measure.description)


def _account_filter() -> GraphQLInputObjectType:
    return GraphQLInputObjectType(
        "AccountFilter_InputObject", {"accountTag": GraphQLInputField(_SCALARS["string"])}
    )


def _dataset_filter() -> GraphQLInputObjectType:
    def fields() -> dict[str, GraphQLInputField]:
        nested = GraphQLInputField(GraphQLList(GraphQLNonNull(result)))
        return {
            **{key: GraphQLInputField(_operand(*FILTER_KEYS[key])) for key in FILTER_KEYS},
            "AND": nested,
            "OR": nested,
        }

    result = GraphQLInputObjectType(f"{_ROW}Filter_InputObject", fields)
    return result


def _operand(name: str, symbol: str) -> _Type | GraphQLList[GraphQLNonNull[GraphQLScalarType]]:
    scalar = _SCALARS[DIMENSIONS[name].kind]
    return GraphQLList(GraphQLNonNull(scalar)) if symbol in ("in", "notin") else scalar


def _order() -> GraphQLEnumType:
    return GraphQLEnumType(
        f"{_ROW}OrderBy", {name: GraphQLEnumValue(name) for name in dataset.ORDERS}
    )


def _settings() -> GraphQLObjectType:
    limits: dict[str, tuple[str, Value]] = {
        "enabled": ("bool", True),
        "maxDuration": ("uint64", dataset.MAX_DURATION),
        "maxNumberOfFields": ("uint64", dataset.MAX_FIELDS),
        "maxPageSize": ("uint64", dataset.MAX_PAGE_SIZE),
        "notOlderThan": ("uint64", dataset.NOT_OLDER_THAN),
    }

    def told(value: Value) -> Callable[[object, _Info], Value]:
        return lambda _, info: value

    fields = {
        name: GraphQLField(GraphQLNonNull(_SCALARS[kind]), resolve=told(value))
        for name, (kind, value) in limits.items()
    }
    fields["availableFields"] = GraphQLField(
        GraphQLNonNull(GraphQLList(GraphQLNonNull(_SCALARS["string"]))),
        resolve=lambda _, info: list(dataset.FIELDS),
    )
    node = GraphQLObjectType("AccountWorkersInvocationsAdaptiveSettings", fields)
    return GraphQLObjectType(
        "AccountSettings",
        {dataset.NAME: GraphQLField(GraphQLNonNull(node), resolve=lambda _, info: {})},
    )
