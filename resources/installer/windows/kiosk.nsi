; The installer for counter PCs, built on Linux: makensis -DLAYOUT=… -DVERSION=… -DKILOBYTES=… -DOUT=… [-DTRIAL] [-DFAST] kiosk.nsi
;
; Each version lies in a folder of its own below the program's. A new one is written beside the old one, takes its name when it is whole, is
; made the one that is started, and only then the old one goes: ended at any point, one of them is whole.
;
; Silent: /S, the folder /D=… (last, without quotes), /NOAUTOSTART, /MACHINE and /GROUP=name (`kiosk setup --machine`).
; Exit codes: 0 done, 1 ended by the user, 2 not written, 11 no rights, 12 Windows too old, 13 a newer version is there, 14 the counter runs,
; 15 installed but not set up.
Unicode true
Target amd64-unicode
!ifdef FAST
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
!endif
ManifestDPIAware true
ManifestSupportedOS Win10
RequestExecutionLevel admin

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include Sections.nsh
!include WordFunc.nsh

!define ID "LibraryCardKiosk"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${ID}"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
!ifdef TRIAL
  !define SUFFIX "$(TRIAL)"
!else
  !define SUFFIX ""
!endif
!define NEW "$INSTDIR\.new-${VERSION}"
!define HERE "$INSTDIR\${VERSION}"

Name "$(NAME)${SUFFIX}"
OutFile "${OUT}"
InstallDir "$PROGRAMFILES64\${ID}"
ShowInstDetails nevershow
ShowUninstDetails nevershow
BrandingText "${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "Library Card Kiosk"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Library Card Kiosk Setup"
VIAddVersionKey "LegalCopyright" "Apache License 2.0"

Var former ; version that was installed before, or nothing

!define MUI_ICON "${LAYOUT}/kiosk.ico"
!define MUI_UNICON "${LAYOUT}/kiosk.ico"
!define MUI_ABORTWARNING
; The descriptions would leave no room for the names.
!define MUI_COMPONENTSPAGE_NODESC
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "Japanese"
!insertmacro MUI_LANGUAGE "English"
!include words.nsh

; Tells why nothing was done, and ends with a code of its own.
!macro refuse code words
  MessageBox MB_OK|MB_ICONSTOP "${words}" /SD IDOK
  SetErrorLevel ${code}
  Quit
!macroend

; Rename the folder of a version, unless it runs: a library that is loaded cannot be opened to be written.
!macro set_aside folder aside failed
  ClearErrors
  FileOpen $2 "${folder}\python313.dll" a
  IfErrors ${failed}
  FileClose $2
  Rename "${folder}" "${aside}"
  IfErrors ${failed}
!macroend

Section "-program"
  SetRegView 64
  SetShellVarContext all
  ; What an installation that was ended left behind.
  RMDir /r "${NEW}"
  SetOutPath "${NEW}"
  File /r "${LAYOUT}/*"
  SetOutPath "$INSTDIR"
  ${If} ${FileExists} "${HERE}\*.*"
    RMDir /r "$INSTDIR\.old-${VERSION}"
    !insertmacro set_aside "${HERE}" "$INSTDIR\.old-${VERSION}" running
  ${EndIf}
  ClearErrors
  Rename "${NEW}" "${HERE}"
  IfErrors unwritten
  WriteUninstaller "$INSTDIR\uninstall.exe"

  CreateDirectory "$SMPROGRAMS\$(NAME)"
  SetOutPath "${HERE}"
  CreateShortcut "$SMPROGRAMS\$(NAME)\$(NAME).lnk" "${HERE}\pythonw.exe" "-m kiosk keep" "${HERE}\kiosk.ico"
  SetOutPath "$INSTDIR"
  ; The command line, under one name whatever the version; and a prompt that finds it.
  FileOpen $0 "$INSTDIR\kiosk.cmd" w
  FileWrite $0 '@"%~dp0${VERSION}\python.exe" -m kiosk %*$\r$\n'
  FileClose $0
  CreateShortcut "$SMPROGRAMS\$(NAME)\$(PROMPT).lnk" "$SYSDIR\cmd.exe" '/k "set PATH=$INSTDIR;%PATH%"' "${HERE}\kiosk.ico"

  WriteRegStr HKLM "${UNINSTALL}" "DisplayName" "$(NAME)${SUFFIX}"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayIcon" "${HERE}\kiosk.ico"
  WriteRegStr HKLM "${UNINSTALL}" "Publisher" "Library Card Kiosk"
  WriteRegStr HKLM "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKLM "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${UNINSTALL}" "EstimatedSize" ${KILOBYTES}
  WriteRegDWORD HKLM "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKLM "${UNINSTALL}" "NoRepair" 1
  ; Last: from here on this version is the one that is installed.
  WriteRegStr HKLM "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  Goto written
running:
  RMDir /r "${NEW}"
  !insertmacro refuse 14 "$(RUNNING)"
unwritten:
  Rename "$INSTDIR\.old-${VERSION}" "${HERE}"
  RMDir /r "${NEW}"
  !insertmacro refuse 2 "$(NOT_WRITTEN)"
written:
SectionEnd

Section "$(AUTOSTART)" autostart
  SetRegView 64
  WriteRegStr HKLM "${RUN}" "${ID}" '"${HERE}\pythonw.exe" -m kiosk keep'
SectionEnd

; Versions before this one, last of all. What still runs stays, and goes with the next installation.
Section "-former"
  FindFirst $0 $1 "$INSTDIR\*"
  ${DoWhile} $1 != ""
    ${If} $1 != "."
    ${AndIf} $1 != ".."
    ${AndIf} $1 != "${VERSION}"
    ${AndIf} ${FileExists} "$INSTDIR\$1\python313.dll"
      !insertmacro set_aside "$INSTDIR\$1" "$INSTDIR\.going" next
      RMDir /r "$INSTDIR\.going"
    ${EndIf}
next:
    FindNext $0 $1
  ${Loop}
  FindClose $0
SectionEnd

Section /o "$(MACHINE)" machine
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/GROUP=" $1
  ${If} ${Errors}
    nsExec::ExecToLog '"${HERE}\python.exe" -m kiosk setup --machine'
  ${Else}
    nsExec::ExecToLog '"${HERE}\python.exe" -m kiosk setup --machine --group "$1"'
  ${EndIf}
  Pop $0
  ${If} $0 != "0"
    !insertmacro refuse 15 "$(NOT_SET_UP)"
  ${EndIf}
SectionEnd

Function .onInit
  SetRegView 64
  SetShellVarContext all
  UserInfo::GetAccountType
  Pop $0
  ${If} $0 != "Admin"
    !insertmacro refuse 11 "$(NO_RIGHTS)"
  ${EndIf}
  ReadRegStr $0 HKLM "SOFTWARE\Microsoft\Windows NT\CurrentVersion" "CurrentBuildNumber"
  ${If} $0 < 17763
    !insertmacro refuse 12 "$(OLD_WINDOWS)"
  ${EndIf}
  ReadRegStr $former HKLM "${UNINSTALL}" "DisplayVersion"
  ${If} $former != ""
    ${VersionCompare} "$former" "${VERSION}" $0
    ${If} $0 == 1
      !insertmacro refuse 13 "$(NEWER_THERE)"
    ${EndIf}
    ; An upgrade goes where the version before is.
    ReadRegStr $INSTDIR HKLM "${UNINSTALL}" "InstallLocation"
  ${EndIf}
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/NOAUTOSTART" $1
  ${IfNot} ${Errors}
    !insertmacro UnselectSection ${autostart}
  ${EndIf}
  ClearErrors
  ${GetOptions} $0 "/MACHINE" $1
  ${IfNot} ${Errors}
    !insertmacro SelectSection ${machine}
  ${EndIf}
FunctionEnd

Function .onInstFailed
  RMDir /r "${NEW}"
FunctionEnd

Function un.onInit
  SetRegView 64
  SetShellVarContext all
FunctionEnd

Section "Uninstall"
  SetRegView 64
  SetShellVarContext all
  FindFirst $0 $1 "$INSTDIR\*"
  ${DoWhile} $1 != ""
    ${If} $1 != "."
    ${AndIf} $1 != ".."
    ${AndIf} ${FileExists} "$INSTDIR\$1\python313.dll"
      !insertmacro set_aside "$INSTDIR\$1" "$INSTDIR\.going" running
      RMDir /r "$INSTDIR\.going"
    ${EndIf}
    FindNext $0 $1
  ${Loop}
  FindClose $0
  DeleteRegValue HKLM "${RUN}" "${ID}"
  RMDir /r "$SMPROGRAMS\$(NAME)"
  DeleteRegKey HKLM "${UNINSTALL}"
  Delete "$INSTDIR\kiosk.cmd"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  MessageBox MB_OK|MB_ICONINFORMATION "$(DATA_KEPT)" /SD IDOK
  Goto removed
running:
  !insertmacro refuse 14 "$(RUNNING)"
removed:
SectionEnd
