# mw_toolchain: warnings, hardening, sanitizers, ccache and linker choice for everything in this tree.
# SPDX-License-Identifier: Apache-2.0

add_library(mw_warnings INTERFACE)
target_compile_options(mw_warnings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic
  -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Wformat=2
  # A designated initialiser names what matters; the language sets the rest to its default.
  -Wno-missing-field-initializers>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(mw_warnings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Werror>)
  # g++ 12 reports these for correct code inlined from its own library (std::string, std::variant).
  target_compile_options(mw_warnings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict
    -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread>)
  if(MW_UNITY)  # what one file calls its own is seen by the next; builds without it have these on
    target_compile_options(mw_warnings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage -Wno-shadow>)
  endif()
else()
  # clang gives a second opinion (sanitizers, fuzzing): it warns, and libstdc++ 12 uses what it dislikes.
  target_compile_options(mw_warnings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-deprecated-declarations
    -Wno-sign-conversion>)  # not part of g++'s -Wconversion for C++
endif()

# Hardening. tests/install/hardening_test.sh looks at what came out of it.
add_compile_options(-fno-omit-frame-pointer -fstack-protector-strong)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|i[3-6]86")
  add_compile_options(-fstack-clash-protection -fcf-protection)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  add_compile_options(-fstack-clash-protection -mbranch-protection=standard)
endif()
# Executables are position-independent, too; what is compiled in sdk/ and kernel/ serves both kinds.
include(CheckPIESupported)
check_pie_supported(LANGUAGES C CXX)
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT MW_SANITIZE)
  # 3 also checks blocks whose size is known at run time only; it needs optimisation.
  set(fortify 2)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 12)
    set(fortify 3)
  endif()
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=${fortify})
endif()

if(MW_SANITIZE)
  add_compile_options(-fsanitize=${MW_SANITIZE})
  add_link_options(-fsanitize=${MW_SANITIZE})
  if(MW_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()

if(MW_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "MW_FUZZ needs clang: configure with -DCMAKE_CXX_COMPILER=clang++-19")
  endif()
  # Coverage in all code, so that libFuzzer sees which inputs reach something new.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(MW_CCACHE ccache)
if(MW_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${MW_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${MW_CCACHE})
endif()
find_program(MW_MOLD mold)
if(MW_MOLD AND NOT MW_SANITIZE)
  add_link_options(-fuse-ld=mold)
endif()
