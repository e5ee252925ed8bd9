// Calls a kernel with the arguments of a launch: an array of pointers to them.
#pragma once

#include <utility>

template <typename... Args, size_t... At>
void invoke_each(void (*kernel)(Args...), void **args, std::index_sequence<At...>) {
    kernel(*static_cast<Args *>(args[At])...);
}

template <typename... Args> void invoke(void (*kernel)(Args...), void **args) {
    invoke_each(kernel, args, std::index_sequence_for<Args...>());
}
