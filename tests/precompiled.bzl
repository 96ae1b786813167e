"""What most tests include, compiled once by g++. A test that g++ cannot use it for is compiled without it."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "CPP_COMPILE_ACTION_NAME")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

def _precompiled_impl(ctx):
    toolchain = find_cpp_toolchain(ctx)

    # The header that programs see is empty: they include themselves what they use, and nothing is missing without this.
    stub = ctx.actions.declare_file(ctx.label.name + ".hpp")
    ctx.actions.write(stub, "")
    outputs = [stub]
    libraries = cc_common.merge_cc_infos(cc_infos = [dep[CcInfo] for dep in ctx.attr.deps]).compilation_context

    if "clang" not in toolchain.compiler_executable:
        compiled = ctx.actions.declare_file(ctx.label.name + ".hpp.gch")
        outputs.append(compiled)

        # Exactly the options of the programs, or g++ refuses to use it.
        features = cc_common.configure_features(
            ctx = ctx,
            cc_toolchain = toolchain,
            requested_features = ctx.features,
            unsupported_features = ctx.disabled_features,
        )
        variables = cc_common.create_compile_variables(
            feature_configuration = features,
            cc_toolchain = toolchain,
            source_file = ctx.file.header.path,
            output_file = compiled.path,
            user_compile_flags = ctx.fragments.cpp.copts + ctx.fragments.cpp.cxxopts + ctx.attr.copts,
            include_directories = libraries.includes,
            quote_include_directories = libraries.quote_includes,
            system_include_directories = libraries.system_includes,
            preprocessor_defines = libraries.defines,
            use_pic = True,
        )
        ctx.actions.run(
            executable = toolchain.compiler_executable,
            arguments = ["-x", "c++-header"] + cc_common.get_memory_inefficient_command_line(
                feature_configuration = features,
                action_name = CPP_COMPILE_ACTION_NAME,
                variables = variables,
            ),
            env = cc_common.get_environment_variables(
                feature_configuration = features,
                action_name = CPP_COMPILE_ACTION_NAME,
                variables = variables,
            ),
            inputs = depset([ctx.file.header], transitive = [toolchain.all_files, libraries.headers]),
            outputs = [compiled],
            mnemonic = "CppPrecompile",
            progress_message = "Compiling %s for all tests" % ctx.file.header.short_path,
        )

    context = cc_common.create_compilation_context(headers = depset(outputs))
    return [DefaultInfo(files = depset(outputs)), CcInfo(compilation_context = context)]

precompiled = rule(
    implementation = _precompiled_impl,
    doc = "NAME.hpp, an empty header, and with g++ beside it NAME.hpp.gch, which g++ takes in its place.",
    attrs = {
        "header": attr.label(allow_single_file = [".hpp"], mandatory = True),
        "copts": attr.string_list(doc = "The compiler options of the programs."),
        "deps": attr.label_list(providers = [CcInfo], doc = "Where the header finds what it includes."),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
